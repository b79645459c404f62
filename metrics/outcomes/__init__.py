"""What customers do after they answered: whether they stay, what they spend, what they are worth, and whom they tell.

Everything here is about what goes together; none of it proves that a KPI causes what follows it. Time zero is the day
of the answer, and a customer counts once, however often they answered.
"""
