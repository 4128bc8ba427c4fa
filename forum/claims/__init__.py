"""'I'm answering this': a member tells the others for some minutes, so that two do not write the same answer."""
