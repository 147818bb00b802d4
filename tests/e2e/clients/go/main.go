// Go's attributevalue and expression packages against a DynamoDB.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "go-things"

type Thing struct {
	ID      string            `dynamodbav:"id"`
	N       int               `dynamodbav:"n"`
	Name    string            `dynamodbav:"name,omitempty"`
	Price   float64           `dynamodbav:"price"`
	Tags    []string          `dynamodbav:"tags,stringset,omitempty"`
	Sizes   []int             `dynamodbav:"sizes,numberset,omitempty"`
	Labels  map[string]string `dynamodbav:"labels,omitempty"`
	Bytes   []byte            `dynamodbav:"bytes,omitempty"`
	Updated time.Time         `dynamodbav:"updated,unixtime"`
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect(ok bool, what string, values ...any) {
	if !ok {
		log.Fatalf("%s: %v", what, values)
	}
}

func main() {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	check(err)
	db := dynamodb.NewFromConfig(settings)
	createTable(ctx, db)
	thing := Thing{ID: "a", N: 1, Name: "apple", Price: 0.1, Tags: []string{"red", "round"},
		Sizes: []int{1, 2}, Labels: map[string]string{"k": "v"}, Bytes: []byte{0, 255},
		Updated: time.Unix(1700000000, 0)}
	roundTrip(ctx, db, thing)
	update(ctx, db)
	query(ctx, db)
	_, err = db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(table)})
	check(err)
	check(dynamodb.NewTableNotExistsWaiter(db).Wait(ctx,
		&dynamodb.DescribeTableInput{TableName: aws.String(table)}, 30*time.Second))
	fmt.Println("ok")
}

func createTable(ctx context.Context, db *dynamodb.Client) {
	_, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("n"), AttributeType: types.ScalarAttributeTypeN}},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("n"), KeyType: types.KeyTypeRange}}})
	check(err)
	check(dynamodb.NewTableExistsWaiter(db).Wait(ctx,
		&dynamodb.DescribeTableInput{TableName: aws.String(table)}, 30*time.Second))
}

func key(id string, n int) map[string]types.AttributeValue {
	made, err := attributevalue.MarshalMap(map[string]any{"id": id, "n": n})
	check(err)
	return made
}

func roundTrip(ctx context.Context, db *dynamodb.Client, thing Thing) {
	item, err := attributevalue.MarshalMap(thing)
	check(err)
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
	check(err)
	got, err := db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: key("a", 1), ConsistentRead: aws.Bool(true)})
	check(err)
	var back Thing
	check(attributevalue.UnmarshalMap(got.Item, &back))
	expect(back.Updated.Equal(thing.Updated), "time", back.Updated)
	back.Updated = thing.Updated
	expect(reflect.DeepEqual(back, thing), "round trip", back, thing)
}

func update(ctx context.Context, db *dynamodb.Client) {
	built, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("price"),
			expression.Plus(expression.Name("price"), expression.Value(0.2))).
			Remove(expression.Name("labels"))).
		WithCondition(expression.And(expression.Name("name").Equal(expression.Value("apple")),
			expression.Size(expression.Name("tags")).GreaterThan(expression.Value(1)))).
		Build()
	check(err)
	input := &dynamodb.UpdateItemInput{
		TableName: aws.String(table), Key: key("a", 1),
		UpdateExpression: built.Update(), ConditionExpression: built.Condition(),
		ExpressionAttributeNames: built.Names(), ExpressionAttributeValues: built.Values(),
		ReturnValues: types.ReturnValueAllNew}
	done, err := db.UpdateItem(ctx, input)
	check(err)
	price := done.Attributes["price"].(*types.AttributeValueMemberN).Value
	expect(price == "0.3", "decimal arithmetic", price)
	_, kept := done.Attributes["labels"]
	expect(!kept, "labels are removed")
	input.Key = key("nobody", 1)
	_, err = db.UpdateItem(ctx, input)
	var refused *types.ConditionalCheckFailedException
	expect(errors.As(err, &refused), "refused", err)
}

func query(ctx context.Context, db *dynamodb.Client) {
	var writes []types.WriteRequest
	for n := 0; n < 25; n++ {
		item, err := attributevalue.MarshalMap(Thing{ID: "b", N: n, Price: float64(n)})
		check(err)
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	wrote, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{table: writes}})
	check(err)
	expect(len(wrote.UnprocessedItems) == 0, "unprocessed", wrote.UnprocessedItems)
	built, err := expression.NewBuilder().
		WithKeyCondition(expression.Key("id").Equal(expression.Value("b")).
			And(expression.Key("n").GreaterThanEqual(expression.Value(5)))).
		WithFilter(expression.Name("price").LessThan(expression.Value(20))).
		WithProjection(expression.NamesList(expression.Name("n"))).Build()
	check(err)
	pages := dynamodb.NewQueryPaginator(db, &dynamodb.QueryInput{
		TableName: aws.String(table), Limit: aws.Int32(4),
		KeyConditionExpression: built.KeyCondition(), FilterExpression: built.Filter(),
		ProjectionExpression: built.Projection(), ExpressionAttributeNames: built.Names(),
		ExpressionAttributeValues: built.Values()})
	found := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		check(err)
		for _, item := range page.Items {
			expect(len(item) == 1, "projected", item)
			found++
		}
	}
	expect(found == 15, "found", found)
}
