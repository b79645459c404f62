"""Everything between the company and a customer's answer."""
