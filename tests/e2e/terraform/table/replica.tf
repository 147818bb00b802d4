# A table with a replica in a second region, and its throughput scaled by table and by index.
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_dynamodb_table" "shared" {
  name             = "tf-shared"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "id"
    type = "S"
  }
  lifecycle {
    ignore_changes = [replica]
  }
}

resource "aws_dynamodb_table_replica" "west" {
  provider               = aws.west
  global_table_arn       = aws_dynamodb_table.shared.arn
  point_in_time_recovery = true
  tags                   = { project = "tf", side = "west" }
}

resource "aws_dynamodb_table" "indexed" {
  name           = "tf-indexed"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5
  hash_key       = "id"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "owner"
    type = "S"
  }
  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    projection_type = "ALL"
    read_capacity   = 5
    write_capacity  = 5
  }
  lifecycle {
    ignore_changes = [read_capacity, write_capacity, global_secondary_index]
  }
}

locals {
  scaled = {
    table = { resource = "table/${aws_dynamodb_table.indexed.name}", of = "table" }
    index = { resource = "table/${aws_dynamodb_table.indexed.name}/index/by-owner", of = "index" }
  }
}

resource "aws_appautoscaling_target" "writes" {
  for_each           = local.scaled
  service_namespace  = "dynamodb"
  resource_id        = each.value.resource
  scalable_dimension = "dynamodb:${each.value.of}:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 100
  tags               = { project = "tf" }
}

resource "aws_appautoscaling_policy" "writes" {
  for_each           = local.scaled
  name               = "writes-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.writes[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.writes[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.writes[each.key].scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value       = 70
    scale_in_cooldown  = 60
    scale_out_cooldown = 30
    predefined_metric_specification {
      predefined_metric_type = "DynamoDBWriteCapacityUtilization"
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "nightly" {
  name               = "nightly"
  service_namespace  = aws_appautoscaling_target.writes["table"].service_namespace
  resource_id        = aws_appautoscaling_target.writes["table"].resource_id
  scalable_dimension = aws_appautoscaling_target.writes["table"].scalable_dimension
  schedule           = "cron(0 2 * * ? *)"
  scalable_target_action {
    min_capacity = 5
    max_capacity = 20
  }
}

resource "aws_dynamodb_table_item" "many" {
  for_each   = toset(["a", "b", "c"])
  table_name = aws_dynamodb_table.shared.name
  hash_key   = aws_dynamodb_table.shared.hash_key
  item       = jsonencode({ id = { S = each.key }, on = { BOOL = true } })
  depends_on = [aws_dynamodb_table_replica.west]
}
