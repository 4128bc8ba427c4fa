"""Guides that members propose: read by super-users or the team, published under the member's name or declined with a reason."""
