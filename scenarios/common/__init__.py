"""What all scenarios' deploy and destroy programs share: ordinary boto3, nothing of Squall."""
