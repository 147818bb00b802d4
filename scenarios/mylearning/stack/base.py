"""MyLearning's name and place."""
from common.program import Project

PROJECT = Project("MyLearning", "mylearning", region="ap-south-1",
                  zones=("ap-south-1a", "ap-south-1b"), vpc_cidr="10.0.0.0/16")
