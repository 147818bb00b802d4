"""Edtech's name and place."""
from common.program import Project

PROJECT = Project("Edtech", "edtech", region="eu-west-1",
                  zones=("eu-west-1a", "eu-west-1b"), vpc_cidr="10.20.0.0/16")
