"""How many answers a question needs, what so many can show, and how many came back."""
