"""The desk of trials: campaigns made, testers chosen, products sent, reports judged; and the carrier's door."""
