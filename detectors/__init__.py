"""The roadside unit: from camera frames to passages and evidence. Knows nothing of rules or registers."""
