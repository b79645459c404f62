"""What customers write, in Persian and English: read offline and counted like any other answer.

Nothing is imported here. `training` and `proposals` need scikit-learn, and are imported by name by what trains or
proposes; everything else reads with numpy at most.
"""
