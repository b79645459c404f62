"""Cases: every unhappy customer has an owner, a clock and an answer."""
