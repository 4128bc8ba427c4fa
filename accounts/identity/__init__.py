"""What the law has a host keep about who wrote: apart, sealed, opened for a judicial request alone, each opening logged."""
