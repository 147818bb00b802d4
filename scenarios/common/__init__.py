"""What the deploy and destroy programs of all scenarios share: ordinary boto3, nothing of Squall."""
