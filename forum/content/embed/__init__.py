"""A product's best solutions as a small page that the brand's shop shows in a frame. Off until its hosts are named."""
