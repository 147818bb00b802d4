// AWS's own policies that programs commonly attach. Their documents allow the same kind of access;
// nothing here is ever denied, so only the names and ARNs matter to clients.
#include "services/iam/internal.h"

namespace squall::iam {
namespace {

struct Managed {
  std::string_view path_and_name;
  std::string_view actions;  // separated by blanks
};
constexpr Managed catalogue[] = {
    {"AdministratorAccess", "*"},
    {"PowerUserAccess", "*"},
    {"ReadOnlyAccess", "*:Describe* *:Get* *:List*"},
    {"IAMFullAccess", "iam:*"},
    {"IAMReadOnlyAccess", "iam:Get* iam:List*"},
    {"SecurityAudit", "*:Describe* *:Get* *:List*"},
    {"job-function/ViewOnlyAccess", "*:Describe* *:List*"},
    {"AmazonEC2FullAccess", "ec2:* elasticloadbalancing:* cloudwatch:* autoscaling:*"},
    {"AmazonEC2ReadOnlyAccess", "ec2:Describe* elasticloadbalancing:Describe*"},
    {"AmazonVPCFullAccess", "ec2:*"},
    {"AmazonVPCReadOnlyAccess", "ec2:Describe*"},
    {"AutoScalingFullAccess", "autoscaling:* cloudwatch:PutMetricAlarm ec2:Describe*"},
    {"AutoScalingReadOnlyAccess", "autoscaling:Describe*"},
    {"ElasticLoadBalancingFullAccess", "elasticloadbalancing:*"},
    {"ElasticLoadBalancingReadOnly", "elasticloadbalancing:Describe*"},
    {"AmazonS3FullAccess", "s3:* s3-object-lambda:*"},
    {"AmazonS3ReadOnlyAccess", "s3:Get* s3:List* s3:Describe*"},
    {"AmazonDynamoDBFullAccess", "dynamodb:* dax:* application-autoscaling:*"},
    {"AmazonDynamoDBReadOnlyAccess", "dynamodb:BatchGetItem dynamodb:Describe* dynamodb:GetItem"},
    {"AmazonRDSFullAccess", "rds:*"},
    {"AmazonRDSReadOnlyAccess", "rds:Describe* rds:ListTagsForResource"},
    {"AmazonRDSDataFullAccess", "rds-data:*"},
    {"AmazonElastiCacheFullAccess", "elasticache:*"},
    {"AmazonElastiCacheReadOnlyAccess", "elasticache:Describe* elasticache:List*"},
    {"AmazonECS_FullAccess", "ecs:* elasticloadbalancing:* application-autoscaling:*"},
    {"AmazonEC2ContainerRegistryFullAccess", "ecr:*"},
    {"AmazonEC2ContainerRegistryPowerUser", "ecr:*"},
    {"AmazonEC2ContainerRegistryReadOnly", "ecr:GetAuthorizationToken ecr:BatchGetImage"},
    {"AmazonEC2ContainerRegistryPullOnly", "ecr:GetAuthorizationToken ecr:BatchGetImage"},
    {"AmazonSQSFullAccess", "sqs:*"},
    {"AmazonSQSReadOnlyAccess", "sqs:Get* sqs:List*"},
    {"AmazonSNSFullAccess", "sns:*"},
    {"AmazonSNSReadOnlyAccess", "sns:Get* sns:List*"},
    {"AmazonSSMFullAccess", "ssm:*"},
    {"AmazonSSMReadOnlyAccess", "ssm:Describe* ssm:Get* ssm:List*"},
    {"AmazonSSMManagedInstanceCore", "ssm:UpdateInstanceInformation ssmmessages:* ec2messages:*"},
    {"SecretsManagerReadWrite", "secretsmanager:*"},
    {"AWSSecretsManagerClientReadOnlyAccess", "secretsmanager:GetSecretValue"},
    {"AWSKeyManagementServicePowerUser", "kms:*"},
    {"CloudWatchFullAccess", "autoscaling:Describe* cloudwatch:* logs:* sns:*"},
    {"CloudWatchFullAccessV2", "cloudwatch:* logs:*"},
    {"CloudWatchReadOnlyAccess", "cloudwatch:Describe* cloudwatch:Get* cloudwatch:List*"},
    {"CloudWatchLogsFullAccess", "logs:*"},
    {"CloudWatchLogsReadOnlyAccess", "logs:Describe* logs:Get* logs:List* logs:FilterLogEvents"},
    {"CloudWatchAgentServerPolicy", "cloudwatch:PutMetricData logs:* ssm:GetParameter"},
    {"CloudWatchAgentAdminPolicy",
     "cloudwatch:PutMetricData logs:* ssm:GetParameter ssm:PutParameter"},
    {"CloudWatchEventsFullAccess", "events:*"},
    {"AmazonRoute53FullAccess", "route53:* route53domains:*"},
    {"AmazonRoute53ReadOnlyAccess", "route53:Get* route53:List*"},
    {"AWSCloudMapFullAccess", "servicediscovery:*"},
    {"AWSCloudFormationFullAccess", "cloudformation:*"},
    {"AWSCloudFormationReadOnlyAccess", "cloudformation:Describe* cloudformation:List*"},
    {"AWSCertificateManagerFullAccess", "acm:*"},
    {"AWSCertificateManagerReadOnly", "acm:Describe* acm:Get* acm:List*"},
    {"AWSLambda_FullAccess", "lambda:*"},
    {"AWSLambda_ReadOnlyAccess", "lambda:Get* lambda:List*"},
    {"AWSLambdaExecute", "logs:* s3:GetObject s3:PutObject"},
    {"AWSXRayDaemonWriteAccess", "xray:PutTraceSegments xray:PutTelemetryRecords"},
    {"AWSXrayWriteOnlyAccess", "xray:PutTraceSegments xray:PutTelemetryRecords"},
    {"AWSFaultInjectionSimulatorConsole", "fis:*"},
    {"AmazonKinesisFullAccess", "kinesis:*"},
    {"AmazonEventBridgeFullAccess", "events:*"},
    {"AWSStepFunctionsFullAccess", "states:*"},
    {"AmazonElasticFileSystemFullAccess", "elasticfilesystem:*"},
    {"AmazonElasticFileSystemClientReadWriteAccess", "elasticfilesystem:ClientMount"},
    {"AmazonEKSClusterPolicy", "ec2:* elasticloadbalancing:* autoscaling:*"},
    {"AmazonEKSWorkerNodePolicy", "ec2:Describe* eks:DescribeCluster"},
    {"AmazonEKS_CNI_Policy", "ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface"},
    {"AmazonEKSServicePolicy", "ec2:* eks:UpdateClusterVersion"},
    {"AmazonEKSVPCResourceController", "ec2:CreateNetworkInterfacePermission"},
    {"AmazonAPIGatewayAdministrator", "apigateway:*"},
    {"AmazonAPIGatewayInvokeFullAccess", "execute-api:Invoke"},
    {"AWSBackupFullAccess", "backup:*"},
    {"AWSCodeDeployFullAccess", "codedeploy:*"},
    {"ResourceGroupsandTagEditorFullAccess", "tag:* resource-groups:*"},
    {"service-role/AmazonEC2ContainerServiceforEC2Role", "ecs:* ecr:* logs:*"},
    {"service-role/AmazonEC2ContainerServiceRole", "elasticloadbalancing:* ec2:Describe*"},
    {"service-role/AmazonEC2ContainerServiceAutoscaleRole", "ecs:UpdateService cloudwatch:*"},
    {"service-role/AmazonECSTaskExecutionRolePolicy",
     "ecr:* logs:CreateLogStream logs:PutLogEvents"},
    {"service-role/AmazonECSInfrastructureRolePolicyForVolumes", "ec2:CreateVolume"},
    {"service-role/AmazonRDSEnhancedMonitoringRole", "logs:*"},
    {"service-role/AmazonEC2RoleforSSM", "ssm:* ec2messages:*"},
    {"service-role/AmazonEC2SpotFleetTaggingRole", "ec2:RunInstances ec2:CreateTags"},
    {"service-role/AutoScalingNotificationAccessRole", "sqs:SendMessage sns:Publish"},
    {"service-role/AWSLambdaBasicExecutionRole", "logs:CreateLogGroup logs:PutLogEvents"},
    {"service-role/AWSLambdaVPCAccessExecutionRole", "logs:* ec2:CreateNetworkInterface"},
    {"service-role/AWSLambdaSQSQueueExecutionRole", "sqs:ReceiveMessage sqs:DeleteMessage logs:*"},
    {"service-role/AWSLambdaDynamoDBExecutionRole", "dynamodb:GetRecords logs:*"},
    {"service-role/AWSLambdaKinesisExecutionRole", "kinesis:GetRecords logs:*"},
    {"service-role/AWSLambdaRole", "lambda:InvokeFunction"},
    {"service-role/AWSFaultInjectionSimulatorEC2Access", "ec2:StopInstances ec2:RebootInstances"},
    {"service-role/AWSFaultInjectionSimulatorECSAccess", "ecs:StopTask ssm:*"},
    {"service-role/AWSFaultInjectionSimulatorEKSAccess", "eks:DescribeNodegroup"},
    {"service-role/AWSFaultInjectionSimulatorNetworkAccess", "ec2:*NetworkAcl* ec2:Describe*"},
    {"service-role/AWSFaultInjectionSimulatorRDSAccess",
     "rds:FailoverDBCluster rds:RebootDBInstance"},
    {"service-role/AWSFaultInjectionSimulatorSSMAccess", "ssm:*"},
    {"service-role/AWSCodeDeployRole", "autoscaling:* ec2:Describe*"},
    {"service-role/AWSConfigRole", "config:*"},
    {"service-role/AWSBackupServiceRolePolicyForBackup", "backup:*"},
    {"service-role/AmazonAPIGatewayPushToCloudWatchLogs", "logs:*"},
    {"service-role/AmazonDMSVPCManagementRole", "ec2:*"},
    {"service-role/VMImportExportRoleForAWSConnector", "ec2:*"},
    {"aws-service-role/AmazonECSServiceRolePolicy", "ec2:* elasticloadbalancing:*"},
    {"aws-service-role/AmazonRDSServiceRolePolicy", "ec2:* logs:*"},
    {"aws-service-role/AutoScalingServiceRolePolicy", "ec2:* elasticloadbalancing:*"},
    {"aws-service-role/AWSElasticLoadBalancingServiceRolePolicy", "ec2:*"},
    {"aws-service-role/AWSApplicationAutoscalingECSServicePolicy", "ecs:UpdateService"},
    {"aws-service-role/AWSApplicationAutoscalingDynamoDBTablePolicy", "dynamodb:UpdateTable"},
    {"aws-service-role/ElastiCacheServiceRolePolicy", "ec2:*"},
    {"aws-service-role/AmazonFISServiceRolePolicy", "events:* cloudwatch:DescribeAlarms"},
};

std::vector<Policy> build() {
  std::vector<Policy> all;
  for (const Managed& managed : catalogue) {
    Policy policy;
    policy.id = cat("arn:aws:iam::aws:policy/", managed.path_and_name);
    const size_t slash = managed.path_and_name.rfind('/');
    const bool plain = slash == std::string_view::npos;
    policy.path = plain ? "/" : cat('/', managed.path_and_name.substr(0, slash + 1));
    policy.name = plain ? managed.path_and_name : managed.path_and_name.substr(slash + 1);
    std::string id = hex16(stable_hash(policy.id));
    for (char& c : id) c = static_cast<char>(c <= '9' ? c + ('G' - '0') : c - 'a' + 'A');
    policy.policy_id = cat("ANPAI", id);
    std::string document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[)";
    const char* comma = "";
    for (const std::string_view action : split(managed.actions, ' ')) {
      document += cat(comma, '"', action, '"');
      comma = ",";
    }
    document += R"(],"Resource":"*"}]})";
    policy.created = policy.updated = from_unix_seconds(1'423'162'800);  // February 2015
    policy.versions.push_back({1, std::move(document), policy.created});
    all.push_back(std::move(policy));
  }
  std::ranges::sort(all, {}, &Policy::id);
  return all;
}

}  // namespace

const std::vector<Policy>& aws_managed_policies() {
  static const std::vector<Policy> all = build();
  return all;
}

}  // namespace squall::iam
