"""The data stores: PostgreSQL in two zones, and Redis with a replica in the other zone."""
from stack.base import PROJECT, ZONES, name, step, tags, wait

DATABASE = name("db")
REDIS = name("redis")


def deploy(aws, out, options):
    """Starts both; wait_for_data() waits for them, so that the web tier is made meanwhile."""
    with step("RDS PostgreSQL and its subnet group"):
        aws.rds.create_db_subnet_group(
            DBSubnetGroupName=DATABASE, DBSubnetGroupDescription="MyLearning's database subnets",
            SubnetIds=out["subnets"]["db"], Tags=tags("db"))
        create_database(aws.rds, out, options)
    with step("ElastiCache Redis and its subnet group"):
        aws.elasticache.create_cache_subnet_group(
            CacheSubnetGroupName=REDIS, CacheSubnetGroupDescription="MyLearning's Redis subnets",
            SubnetIds=out["subnets"]["db"], Tags=tags("redis"))
        create_redis(aws.elasticache, out)


def create_database(rds, out, options):
    # AWS chooses the primary's zone of a Multi-AZ instance; of a single one we may.
    placement = {"MultiAZ": True}
    if options.single_az_database:
        placement = {"MultiAZ": False, "AvailabilityZone": ZONES[0]}
    rds.create_db_instance(
        DBInstanceIdentifier=DATABASE, DBName=PROJECT, Engine="postgres",
        DBInstanceClass="db.m6g.large", AllocatedStorage=100, StorageType="gp3",
        StorageEncrypted=True, MasterUsername="mylearning",
        MasterUserPassword=options.database_password,
        DBSubnetGroupName=DATABASE, VpcSecurityGroupIds=[out["security_groups"]["data"]],
        BackupRetentionPeriod=7, DeletionProtection=True, PubliclyAccessible=False,
        CopyTagsToSnapshot=True, Tags=tags("db"), **placement)
    out["database"] = DATABASE


def create_redis(elasticache, out):
    elasticache.create_replication_group(
        ReplicationGroupId=REDIS, ReplicationGroupDescription="MyLearning's sessions and cache",
        Engine="redis", CacheNodeType="cache.m6g.large", NumCacheClusters=2,
        AutomaticFailoverEnabled=True, MultiAZEnabled=True,
        PreferredCacheClusterAZs=list(ZONES), CacheSubnetGroupName=REDIS,
        SecurityGroupIds=[out["security_groups"]["data"]], Port=6379,
        AtRestEncryptionEnabled=True, TransitEncryptionEnabled=True, Tags=tags("redis"))
    out["redis"] = REDIS


def wait_for_data(aws, out):
    with step("Waiting for the database and Redis"):
        wait(aws.rds, "db_instance_available", DBInstanceIdentifier=DATABASE)
        wait(aws.elasticache, "replication_group_available", ReplicationGroupId=REDIS)
        database = aws.rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
        group = aws.elasticache.describe_replication_groups(ReplicationGroupId=REDIS)
        primary = group["ReplicationGroups"][0]["NodeGroups"][0]["PrimaryEndpoint"]
        out["database_endpoint"] = database["Endpoint"]["Address"]
        out["redis_endpoint"] = primary["Address"]


# --- taking it down ----------------------------------------------------------------------------

def destroy(aws):
    with step("RDS PostgreSQL"):
        destroy_database(aws.rds)
    with step("ElastiCache Redis"):
        destroy_redis(aws.elasticache)


def destroy_database(rds):
    if DATABASE in listed(rds, "describe_db_instances", "DBInstances", "DBInstanceIdentifier"):
        rds.modify_db_instance(
            DBInstanceIdentifier=DATABASE, DeletionProtection=False, ApplyImmediately=True)
        rds.delete_db_instance(
            DBInstanceIdentifier=DATABASE, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
        wait(rds, "db_instance_deleted", DBInstanceIdentifier=DATABASE)
    if DATABASE in listed(rds, "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"):
        rds.delete_db_subnet_group(DBSubnetGroupName=DATABASE)


def destroy_redis(elasticache):
    groups = listed(elasticache, "describe_replication_groups", "ReplicationGroups",
                    "ReplicationGroupId")
    if REDIS in groups:
        elasticache.delete_replication_group(ReplicationGroupId=REDIS)
        wait(elasticache, "replication_group_deleted", ReplicationGroupId=REDIS)
    subnet_groups = listed(elasticache, "describe_cache_subnet_groups", "CacheSubnetGroups",
                           "CacheSubnetGroupName")
    if REDIS in subnet_groups:
        elasticache.delete_cache_subnet_group(CacheSubnetGroupName=REDIS)


def listed(client, operation, member, key):
    """The names of all there are, so that what is not there is simply not deleted."""
    return [item[key] for page in client.get_paginator(operation).paginate()
            for item in page[member]]
