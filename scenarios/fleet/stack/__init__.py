"""The fleet, one module a tier; deploy.py and destroy.py put them in order."""
