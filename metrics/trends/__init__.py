"""Has something changed: control charts, funnels, breaks and slopes."""
