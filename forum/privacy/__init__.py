"""Private details in what somebody types: noticed before it is sent, masked with one click."""
