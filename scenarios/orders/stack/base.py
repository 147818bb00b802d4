"""The orders stack's name and place."""
from common.program import Project

PROJECT = Project("Orders", "orders", region="eu-central-1",
                  zones=("eu-central-1a", "eu-central-1b"), vpc_cidr="10.30.0.0/16")
