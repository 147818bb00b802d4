"""IAM roles, instance profiles and certificates."""
import json

from common.program import wait

LOG_ACTIONS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
               "logs:DescribeLogGroups", "logs:DescribeLogStreams"]


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def create_role(project, iam, suffix, service, actions):
    """A role that `service` assumes and that may do `actions`; its ARN."""
    role_name = project.name(suffix)
    role = iam.create_role(
        RoleName=role_name, Description=f"{project.project}: {suffix}",
        Tags=project.tags(suffix),
        AssumeRolePolicyDocument=document(
            {"Principal": {"Service": service}, "Action": "sts:AssumeRole"}))["Role"]
    iam.put_role_policy(RoleName=role_name, PolicyName=role_name,
                        PolicyDocument=document({"Action": actions, "Resource": "*"}))
    wait(iam, "role_exists", RoleName=role_name)
    return role["Arn"]


def create_instance_profile(project, iam, suffix):
    """For the role of the same name; its ARN."""
    profile_name = project.name(suffix)
    profile = iam.create_instance_profile(
        InstanceProfileName=profile_name, Tags=project.tags(suffix))["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName=profile_name, RoleName=profile_name)
    wait(iam, "instance_profile_exists", InstanceProfileName=profile_name)
    return profile["Arn"]


def import_certificate(project, acm, certificate, private_key):
    return acm.import_certificate(
        Certificate=certificate.read_bytes(), PrivateKey=private_key.read_bytes(),
        Tags=project.tags("certificate"))["CertificateArn"]


# --- taking it down ----------------------------------------------------------------------------

def delete_instance_profiles(project, iam):
    ours = project.name("")
    for page in iam.get_paginator("list_instance_profiles").paginate():
        for profile in page["InstanceProfiles"]:
            profile_name = profile["InstanceProfileName"]
            if profile_name.startswith(ours):
                for role in profile["Roles"]:
                    iam.remove_role_from_instance_profile(
                        InstanceProfileName=profile_name, RoleName=role["RoleName"])
                iam.delete_instance_profile(InstanceProfileName=profile_name)


def delete_roles(project, iam):
    ours = project.name("")
    names = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate()
             for role in page["Roles"] if role["RoleName"].startswith(ours)]
    for role_name in names:
        for policy in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=role_name, PolicyName=policy)
        iam.delete_role(RoleName=role_name)


def delete_certificates(project, acm):
    for page in acm.get_paginator("list_certificates").paginate():
        for certificate in page["CertificateSummaryList"]:
            arn = certificate["CertificateArn"]
            if project.is_ours(acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]):
                acm.delete_certificate(CertificateArn=arn)
