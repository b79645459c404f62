"""What customers do after they answered: a KPI against who stays, who spends and what they are worth."""
