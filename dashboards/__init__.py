"""The pages that officers and analysts use. Knows nothing of models or Kafka."""
