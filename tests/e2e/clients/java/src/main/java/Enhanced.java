// Java's enhanced client against a DynamoDB: beans in, beans out.
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbVersionAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbBean;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSecondaryPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSortKey;
import software.amazon.awssdk.enhanced.dynamodb.model.PutItemEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional;
import software.amazon.awssdk.enhanced.dynamodb.model.QueryEnhancedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

public class Enhanced {
  @DynamoDbBean
  public static class Thing {
    private String id, kind;
    private Integer n;
    private Long version;
    private Double price;
    private Set<String> tags;
    private Map<String, String> labels;

    @DynamoDbPartitionKey
    public String getId() { return id; }
    public void setId(String id) { this.id = id; }
    @DynamoDbSortKey
    public Integer getN() { return n; }
    public void setN(Integer n) { this.n = n; }
    @DynamoDbSecondaryPartitionKey(indexNames = "by-kind")
    public String getKind() { return kind; }
    public void setKind(String kind) { this.kind = kind; }
    @DynamoDbVersionAttribute
    public Long getVersion() { return version; }
    public void setVersion(Long version) { this.version = version; }
    public Double getPrice() { return price; }
    public void setPrice(Double price) { this.price = price; }
    public Set<String> getTags() { return tags; }
    public void setTags(Set<String> tags) { this.tags = tags; }
    public Map<String, String> getLabels() { return labels; }
    public void setLabels(Map<String, String> labels) { this.labels = labels; }
  }

  static Thing thing(String id, int n, String kind) {
    Thing made = new Thing();
    made.setId(id);
    made.setN(n);
    made.setKind(kind);
    made.setPrice(n / 2.0);
    return made;
  }

  static void expect(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  public static void main(String[] arguments) {
    DynamoDbClient plain = DynamoDbClient.builder()
        .httpClient(UrlConnectionHttpClient.create())
        .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL"))).build();
    DynamoDbEnhancedClient client = DynamoDbEnhancedClient.builder().dynamoDbClient(plain).build();
    DynamoDbTable<Thing> table = client.table("java-things", TableSchema.fromBean(Thing.class));
    table.createTable();
    plain.waiter().waitUntilTableExists(request -> request.tableName("java-things"));
    versions(table);
    queries(table);
    table.deleteTable();
    plain.waiter().waitUntilTableNotExists(request -> request.tableName("java-things"));
    System.out.println("ok");
  }

  static void versions(DynamoDbTable<Thing> table) {
    Thing apple = thing("a", 1, "fruit");
    apple.setTags(Set.of("red", "round"));
    apple.setLabels(Map.of("k", "v"));
    table.putItem(apple);
    Thing first = table.getItem(Key.builder().partitionValue("a").sortValue(1).build());
    Thing second = table.getItem(Key.builder().partitionValue("a").sortValue(1).build());
    expect(first.getVersion() == 1 && first.getTags().size() == 2, "a bean comes back");
    first.setPrice(1.5);
    expect(table.updateItem(first).getVersion() == 2, "the version rises");
    second.setPrice(9.0);
    try {
      table.updateItem(second);  // optimistic locking
      throw new AssertionError("a stale version was accepted");
    } catch (ConditionalCheckFailedException refused) {
      expect(refused.awsErrorDetails().errorMessage().equals("The conditional request failed"),
             refused.awsErrorDetails().errorMessage());
    }
    try {
      table.putItem(PutItemEnhancedRequest.builder(Thing.class).item(thing("c", 1, "x"))
          .conditionExpression(Expression.builder().expression("attribute_exists(id)").build())
          .build());
      throw new AssertionError("the condition was ignored");
    } catch (ConditionalCheckFailedException refused) {
      expect(refused.statusCode() == 400, "status");
    }
  }

  static void queries(DynamoDbTable<Thing> table) {
    // One by one: the extension that counts versions does not go with batches.
    for (int n = 0; n < 50; n++) table.putItem(thing("b", n, n % 2 == 0 ? "even" : "odd"));
    List<Integer> found = table.query(QueryEnhancedRequest.builder().limit(7)
        .queryConditional(QueryConditional.sortBetween(
            Key.builder().partitionValue("b").sortValue(10).build(),
            Key.builder().partitionValue("b").sortValue(29).build()))
        .filterExpression(Expression.builder().expression("price >= :p")
            .expressionValues(Map.of(":p", AttributeValue.fromN("10"))).build())
        .build()).items().stream().map(Thing::getN).collect(Collectors.toList());
    expect(found.size() == 10 && found.get(0) == 20 && found.get(9) == 29, "found " + found);
    long odd = table.index("by-kind").query(QueryConditional.keyEqualTo(
        Key.builder().partitionValue("odd").build())).stream()
        .flatMap(page -> page.items().stream()).count();
    expect(odd == 25, "odd " + odd);
    expect(table.scan().items().stream().count() == 51, "scan");
  }
}
