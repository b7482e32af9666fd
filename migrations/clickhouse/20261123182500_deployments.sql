-- why: deployments and their feature schemas are listed and shown without reading their streams

CREATE TABLE IF NOT EXISTS driftledger.deployments_registered_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'id of the deployment, from its name',
  position UInt64 COMMENT 'position of the event in the log: orders lists',
  event_id UUID COMMENT 'id of the event',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when it was registered',
  name String COMMENT 'name, never changes',
  model String COMMENT 'model behind it; empty: not named',
  environment String COMMENT 'environment; empty: not named',
  strict Bool COMMENT 'refuses records with mistyped or unknown values',
  on_first_post Bool COMMENT 'registered by its first predictions'
) ENGINE = {{merge_tree:Replacing(position)}}
ORDER BY (deployment_id);

CREATE TABLE IF NOT EXISTS driftledger.deployments_schema_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment the schema is of',
  subject String COMMENT 'feature:<name> or output:<name>; empty: the schema as a whole',
  aspect LowCardinality(String) COMMENT 'type, grid or words of a subject; version or settled of the schema',
  position UInt64 COMMENT 'position of the event in the log: the newest row of an aspect counts',
  event_id UUID COMMENT 'id of the event',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the event',
  schema_version UInt32 COMMENT 'version of the schema from here on',
  kind LowCardinality(String) COMMENT 'type: integer, number, category, boolean or vector; empty: another aspect',
  length UInt32 COMMENT 'type: elements of a vector; 0: no vector',
  declared Bool COMMENT 'type: declared by a person, not inferred',
  personal LowCardinality(String) COMMENT 'type: drop, hash or encrypt; empty: not personal',
  centre Float64 COMMENT 'grid: centre; 0 for another aspect',
  unit Float64 COMMENT 'grid: width of a bucket around the centre; 0: another aspect',
  basis LowCardinality(String) COMMENT 'grid: declared, reference, observed or command; empty: another aspect',
  words UInt32 COMMENT 'words: categories with a count of their own',
  full Bool COMMENT 'words: later categories are counted as other'
) ENGINE = {{merge_tree:Replacing(position)}}
ORDER BY (deployment_id, subject, aspect);
