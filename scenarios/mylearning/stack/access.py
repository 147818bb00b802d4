"""Who may do what: the IAM roles and the instance profile; and the site's certificate."""
import json

from stack.base import PROJECT, name, step, tags, wait

DOMAIN = "www.mylearning.example"
LOG_ACTIONS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
               "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
# role -> (the service that assumes it, what it may do)
ROLES = {
    "web": ("ec2.amazonaws.com", ["cloudwatch:PutMetricData", "ec2:DescribeTags",
                                  "ssm:UpdateInstanceInformation", *LOG_ACTIONS]),
    "flow-logs": ("vpc-flow-logs.amazonaws.com", LOG_ACTIONS),
}


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def deploy(aws, out):
    with step("IAM roles and instance profile"):
        out["roles"] = {suffix: create_role(aws.iam, suffix) for suffix in ROLES}
        profile = aws.iam.create_instance_profile(
            InstanceProfileName=name("web"), Tags=tags("web"))["InstanceProfile"]
        aws.iam.add_role_to_instance_profile(
            InstanceProfileName=name("web"), RoleName=name("web"))
        wait(aws.iam, "instance_profile_exists", InstanceProfileName=name("web"))
        out["instance_profile"] = profile["Arn"]


def create_role(iam, suffix):
    service, actions = ROLES[suffix]
    role = iam.create_role(
        RoleName=name(suffix), Description=f"{PROJECT}: {suffix}", Tags=tags(suffix),
        AssumeRolePolicyDocument=document(
            {"Principal": {"Service": service}, "Action": "sts:AssumeRole"}))["Role"]
    iam.put_role_policy(
        RoleName=name(suffix), PolicyName=name(suffix),
        PolicyDocument=document({"Action": actions, "Resource": "*"}))
    wait(iam, "role_exists", RoleName=name(suffix))
    return role["Arn"]


def deploy_certificate(aws, out, certificate, private_key):
    with step("ACM certificate"):
        out["certificate"] = aws.acm.import_certificate(
            Certificate=certificate.read_bytes(), PrivateKey=private_key.read_bytes(),
            Tags=tags("certificate"))["CertificateArn"]


# --- taking it down ----------------------------------------------------------------------------

def destroy_certificate(aws):
    with step("ACM certificate"):
        for page in aws.acm.get_paginator("list_certificates").paginate():
            for certificate in page["CertificateSummaryList"]:
                arn = certificate["CertificateArn"]
                if is_ours(aws.acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]):
                    aws.acm.delete_certificate(CertificateArn=arn)


def is_ours(tag_list):
    return {"Key": "project", "Value": PROJECT} in tag_list


def destroy(aws):
    iam = aws.iam
    with step("IAM roles and instance profile"):
        for page in iam.get_paginator("list_instance_profiles").paginate():
            for profile in page["InstanceProfiles"]:
                if profile["InstanceProfileName"] == name("web"):
                    delete_instance_profile(iam, profile)
        existing = {role["RoleName"] for page in iam.get_paginator("list_roles").paginate()
                    for role in page["Roles"]}
        for suffix in ROLES:
            if name(suffix) in existing:
                delete_role(iam, name(suffix))


def delete_instance_profile(iam, profile):
    for role in profile["Roles"]:
        iam.remove_role_from_instance_profile(
            InstanceProfileName=profile["InstanceProfileName"], RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=profile["InstanceProfileName"])


def delete_role(iam, role_name):
    for policy in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role_name, PolicyName=policy)
    iam.delete_role(RoleName=role_name)
