"""Plain Kafka, without Faust: connections, topics, the producer, reading a topic to its end."""
