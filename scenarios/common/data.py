"""The data stores of a stack: PostgreSQL in two zones, and Redis with a replica in the other."""
from common.program import listed, step, wait


def create_database(project, rds, out, password, **placement):
    """Multi-AZ unless `placement` says otherwise; encrypted, seven days of backups."""
    database = out["database"] = project.name("db")
    rds.create_db_subnet_group(
        DBSubnetGroupName=database, DBSubnetGroupDescription=f"{project.title}'s database subnets",
        SubnetIds=out["subnets"]["db"], Tags=project.tags("db"))
    rds.create_db_instance(
        DBInstanceIdentifier=database, DBName=project.project, Engine="postgres",
        DBInstanceClass="db.m6g.large", AllocatedStorage=100, StorageType="gp3",
        StorageEncrypted=True, MasterUsername=project.project, MasterUserPassword=password,
        DBSubnetGroupName=database, VpcSecurityGroupIds=[out["security_groups"]["data"]],
        BackupRetentionPeriod=7, DeletionProtection=True, PubliclyAccessible=False,
        CopyTagsToSnapshot=True, Tags=project.tags("db"), **(placement or {"MultiAZ": True}))


def create_redis(project, elasticache, out):
    redis = out["redis"] = project.name("redis")
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=redis, CacheSubnetGroupDescription=f"{project.title}'s Redis subnets",
        SubnetIds=out["subnets"]["db"], Tags=project.tags("redis"))
    elasticache.create_replication_group(
        ReplicationGroupId=redis,
        ReplicationGroupDescription=f"{project.title}'s sessions and cache",
        Engine="redis", CacheNodeType="cache.m6g.large", NumCacheClusters=2,
        AutomaticFailoverEnabled=True, MultiAZEnabled=True,
        PreferredCacheClusterAZs=list(project.zones), CacheSubnetGroupName=redis,
        SecurityGroupIds=[out["security_groups"]["data"]], Port=6379,
        AtRestEncryptionEnabled=True, TransitEncryptionEnabled=True, Tags=project.tags("redis"))


def wait_for_data(aws, out):
    with step("Waiting for the database and Redis"):
        wait(aws.rds, "db_instance_available", DBInstanceIdentifier=out["database"])
        wait(aws.elasticache, "replication_group_available", ReplicationGroupId=out["redis"])
        database = aws.rds.describe_db_instances(DBInstanceIdentifier=out["database"])
        group = aws.elasticache.describe_replication_groups(ReplicationGroupId=out["redis"])
        primary = group["ReplicationGroups"][0]["NodeGroups"][0]["PrimaryEndpoint"]
        out["database_endpoint"] = database["DBInstances"][0]["Endpoint"]["Address"]
        out["redis_endpoint"] = primary["Address"]


# --- taking it down ----------------------------------------------------------------------------

def destroy(project, aws):
    with step("RDS PostgreSQL"):
        destroy_database(aws.rds, project.name("db"))
    with step("ElastiCache Redis"):
        destroy_redis(aws.elasticache, project.name("redis"))


def destroy_database(rds, database):
    if database in listed(rds, "describe_db_instances", "DBInstances", "DBInstanceIdentifier"):
        rds.modify_db_instance(
            DBInstanceIdentifier=database, DeletionProtection=False, ApplyImmediately=True)
        rds.delete_db_instance(
            DBInstanceIdentifier=database, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
        wait(rds, "db_instance_deleted", DBInstanceIdentifier=database)
    if database in listed(rds, "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"):
        rds.delete_db_subnet_group(DBSubnetGroupName=database)


def destroy_redis(elasticache, redis):
    groups = listed(elasticache, "describe_replication_groups", "ReplicationGroups",
                    "ReplicationGroupId")
    if redis in groups:
        elasticache.delete_replication_group(ReplicationGroupId=redis)
        wait(elasticache, "replication_group_deleted", ReplicationGroupId=redis)
    subnet_groups = listed(elasticache, "describe_cache_subnet_groups", "CacheSubnetGroups",
                           "CacheSubnetGroupName")
    if redis in subnet_groups:
        elasticache.delete_cache_subnet_group(CacheSubnetGroupName=redis)
