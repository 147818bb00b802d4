"""Who may do what: the IAM roles and the instance profile; and the site's certificate."""
from common import access
from common.access import LOG_ACTIONS
from common.program import step
from stack.base import PROJECT

# role -> (the service that assumes it, what it may do)
ROLES = {
    "web": ("ec2.amazonaws.com", ["cloudwatch:PutMetricData", "ec2:DescribeTags",
                                  "ssm:UpdateInstanceInformation", *LOG_ACTIONS]),
    "flow-logs": ("vpc-flow-logs.amazonaws.com", LOG_ACTIONS),
}


def deploy(aws, out):
    with step("IAM roles and instance profile"):
        out["roles"] = {suffix: access.create_role(PROJECT, aws.iam, suffix, service, actions)
                        for suffix, (service, actions) in ROLES.items()}
        out["instance_profile"] = access.create_instance_profile(PROJECT, aws.iam, "web")


def deploy_certificate(aws, out, certificate, private_key):
    with step("ACM certificate"):
        out["certificate"] = access.import_certificate(
            PROJECT, aws.acm, certificate, private_key)


# --- taking it down ----------------------------------------------------------------------------

def destroy_certificate(aws):
    with step("ACM certificate"):
        access.delete_certificates(PROJECT, aws.acm)


def destroy(aws):
    with step("IAM roles and instance profile"):
        access.delete_instance_profiles(PROJECT, aws.iam)
        access.delete_roles(PROJECT, aws.iam)
