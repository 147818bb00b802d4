# An ECS service on EC2 hosts that a capacity provider leads.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

data "aws_availability_zones" "these" {
  state = "available"
}

data "aws_ami" "ecs" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-ecs-hvm-2023.*-x86_64"]
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.41.0.0/16"
}

resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.these.names[count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}

resource "aws_security_group" "hosts" {
  name   = "tf-hosts"
  vpc_id = aws_vpc.this.id
}

resource "aws_iam_role" "hosts" {
  name = "tf-hosts"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
  }] })
}

resource "aws_iam_instance_profile" "hosts" {
  name = "tf-hosts"
  role = aws_iam_role.hosts.name
}

resource "aws_ecs_cluster" "this" {
  name = "tf-hosts"
}

resource "aws_launch_template" "hosts" {
  name_prefix            = "tf-hosts-"
  image_id               = data.aws_ami.ecs.id
  instance_type          = "m5.large"
  vpc_security_group_ids = [aws_security_group.hosts.id]
  user_data              = base64encode("#!/bin/bash\necho ECS_CLUSTER=tf-hosts >> /etc/ecs/ecs.config\n")
  iam_instance_profile {
    arn = aws_iam_instance_profile.hosts.arn
  }
}

resource "aws_autoscaling_group" "hosts" {
  name                  = "tf-hosts"
  min_size              = 1
  max_size              = 3
  vpc_zone_identifier   = aws_subnet.this[*].id
  protect_from_scale_in = true
  force_delete          = true
  launch_template {
    id      = aws_launch_template.hosts.id
    version = "$Latest"
  }
  tag {
    key                 = "AmazonECSManaged"
    value               = "true"
    propagate_at_launch = true
  }
  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

resource "aws_ecs_capacity_provider" "hosts" {
  name = "tf-hosts"
  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.hosts.arn
    managed_termination_protection = "ENABLED"
    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = 100
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 2
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = [aws_ecs_capacity_provider.hosts.name]
  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "this" {
  family       = "tf-hosts"
  network_mode = "bridge"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "public.ecr.aws/nginx/nginx:1.27"
    cpu          = 256
    memory       = 512
    essential    = true
    portMappings = [{ containerPort = 80, hostPort = 0 }]
  }])
  volume {
    name      = "scratch"
    host_path = "/var/scratch"
  }
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.os-type == linux"
  }
}

resource "aws_ecs_service" "this" {
  name                  = "app"
  cluster               = aws_ecs_cluster.this.id
  task_definition       = aws_ecs_task_definition.this.arn
  desired_count         = 2
  wait_for_steady_state = true
  force_delete          = true
  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }
  ordered_placement_strategy {
    type  = "binpack"
    field = "cpu"
  }
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
