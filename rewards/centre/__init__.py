"""The pages of rewards: the centre, ranks, badges, coupons, and what other pages show of them."""
