"""The fleet's name and place, and its size."""
from common.program import Project

PROJECT = Project("Fleet", "fleet", region="us-west-2",
                  zones=("us-west-2a", "us-west-2b"), vpc_cidr="10.40.0.0/16")
HOSTS = 50
SERVICES = 100
