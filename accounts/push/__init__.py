"""Messages to a member's own devices: web push, encrypted here for each device and sent without anybody in between."""
