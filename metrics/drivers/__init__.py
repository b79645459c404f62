"""What a KPI goes together with, how sure that is, and where to work first."""
