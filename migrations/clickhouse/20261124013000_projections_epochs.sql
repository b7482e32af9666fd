-- why: where several processes may believe that they write a projection, an INSERT of the replaced one is refused by the table's server
CREATE TABLE IF NOT EXISTS driftledger.projections_epochs_v1 {{on_cluster}}
(
    name  String COMMENT 'name and version, such as predictions.v1',
    epoch UInt64 COMMENT 'fencing token of the lease of who took the projection over; the highest one writes'
)
ENGINE = {{merge_tree:Replacing(epoch)}}
ORDER BY name
COMMENT 'who may write a projection';
