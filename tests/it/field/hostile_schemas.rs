//! Schemas that are hostile or merely unusual, in commands that generate, mutate and compare.
