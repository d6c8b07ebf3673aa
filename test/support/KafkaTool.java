import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's own client, for tests; run from source with Kafka's jars.
 *   produce SERVERS COUNT TOPIC=CODEC…   writes record i of COUNT to partition 0 of each topic, compressed by the codec
 *   consume SERVERS COUNT TOPIC…         prints so many records of each topic as lines: topic, key, value, between tabs
 *   group SERVERS COUNT GROUP=TOPIC…     prints so many records of each topic as a member of the group, and commits what it has read
 *   transact SERVERS COUNT FROM=TO…      copies so many values in a transaction that has the offsets of the group FROM, after one that is given up
 *   committed SERVERS COUNT TOPIC…       prints as consume does, of transactions only what was committed
 */
public final class KafkaTool {
  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[2]);
    for (int i = 3; i < args.length; i++) {
      if (args[0].equals("produce")) produce(args[1], count, args[i].split("=")[0], args[i].split("=")[1]);
      else if (args[0].equals("group")) consumeAsGroup(args[1], count, args[i].split("=")[0], args[i].split("=")[1]);
      else if (args[0].equals("transact")) transact(args[1], count, args[i].split("=")[0], args[i].split("=")[1]);
      else consume(args[1], count, args[i], args[0].equals("committed") ? "read_committed" : "read_uncommitted");
    }
  }

  /** The same as `javaRecord` in test/support/kafka-batches.ts. */
  private static ProducerRecord<String, String> record(String topic, int i) {
    String key = i % 3 == 0 ? null : "key " + i % 10;
    String value = i % 50 == 7 ? null : "{\"n\":" + i + ",\"odd\":\"" + Long.toString(i * 2654435761L % 1000003, 36) + "\",\"text\":\"" + "är ".repeat(i % 17) + "\"}";
    return new ProducerRecord<>(topic, 0, 1_700_000_000_000L + i, key, value);
  }

  private static void produce(String servers, int count, String topic, String codec) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", servers);
    settings.put("compression.type", codec);
    settings.put("batch.size", "262144");
    settings.put("linger.ms", "200");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < count; i++) producer.send(record(topic, i), (data, error) -> {
        if (error != null) throw new IllegalStateException(error);
      });
      producer.flush();
    }
  }

  private static void consumeAsGroup(String servers, int count, String group, String topic) {
    Properties settings = consumerSettings(servers);
    settings.put("group.id", group);
    settings.put("enable.auto.commit", "false");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      System.out.print(read(consumer, count, topic));
      consumer.commitSync();
    }
  }

  private static void transact(String servers, int count, String from, String to) {
    Properties settings = consumerSettings(servers);
    settings.put("group.id", from);
    settings.put("enable.auto.commit", "false");
    settings.put("isolation.level", "read_committed");
    Properties sending = new Properties();
    sending.put("bootstrap.servers", servers);
    sending.put("transactional.id", from + "-to-" + to);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        var producer = new KafkaProducer<>(sending, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(to, "given up"));
      producer.flush();
      producer.abortTransaction();
      consumer.subscribe(List.of(from));
      producer.beginTransaction();
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      int seen = 0;
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (seen < count && System.nanoTime() < deadline) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          seen++;
          producer.send(new ProducerRecord<>(to, 0, record.key(), record.value()));
          offsets.put(new TopicPartition(from, record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
      }
      producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      producer.commitTransaction();
    }
  }

  private static Properties consumerSettings(String servers) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", servers);
    settings.put("auto.offset.reset", "earliest");
    settings.put("check.crcs", "true");
    return settings;
  }

  private static void consume(String servers, int count, String topic, String isolation) {
    Properties settings = consumerSettings(servers);
    settings.put("isolation.level", isolation);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo info : consumer.partitionsFor(topic)) partitions.add(new TopicPartition(topic, info.partition()));
      consumer.assign(partitions);
      System.out.print(read(consumer, count, topic));
    }
  }

  private static StringBuilder read(KafkaConsumer<String, String> consumer, int count, String topic) {
    StringBuilder lines = new StringBuilder();
    int seen = 0;
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (seen < count && System.nanoTime() < deadline) {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
        seen++;
        lines.append(topic).append('\t').append(record.key()).append('\t').append(record.value()).append('\n');
      }
    }
    return lines;
  }
}
