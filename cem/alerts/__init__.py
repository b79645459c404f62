"""Alerts: rules that the business writes itself turn answers into cases, without a click."""
