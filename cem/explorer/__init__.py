"""The explorer: any KPI or answer by any two cuts, with the cells that differ for real."""
