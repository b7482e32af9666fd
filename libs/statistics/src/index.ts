export { StatisticsError } from './errors.js';
export { type ParameterValue, type Parameters, type Score } from './score.js';
export { CompensatedSum, compensatedMean, compensatedSum, populationDeviation } from './summation.js';
export { type Random, seededRandom } from './random.js';
export { quantileOfSorted, sortedValues } from './sorted.js';
export { mean, medianAbsoluteDeviation, sampleCorrelation, sampleVariance } from './describe.js';
export { bucketBounds, bucketMiddle, bucketOf, bucketsOf, FIRST_BUCKET, type Grid, gridFrom, LAST_BUCKET } from './binning/grid.js';
export {
  type BucketCounts,
  bucketMoments,
  countBuckets,
  mergeBuckets,
  orderedCounts,
  type OrderedCounts,
} from './binning/bucket-counts.js';
export { type Cuts, countBins, countBinsOfBuckets, countBinsOfSorted, cutValues, snapCuts } from './binning/histogram.js';
export { type Binning, type BinningRule, BINNINGS, bucketCutsFor, cutsFor, DEFAULT_BINNING } from './binning/binning.js';
export { alignCategories, type AlignedCategories, countCategories } from './binning/categories.js';
export { DEFAULT_ZERO_RULE, formatZeroRule, parseZeroRule, sharesOf, type ZeroRule } from './binning/zero-rule.js';
export { psi, type PsiOptions } from './distance/psi.js';
export { jensenShannon, type JensenShannonOptions, type LogBase } from './distance/jensen-shannon.js';
export { kullbackLeibler, type KullbackLeiblerOptions } from './distance/kullback-leibler.js';
export { hellinger, type HellingerOptions } from './distance/hellinger.js';
export { totalVariation, type TotalVariationOptions } from './distance/total-variation.js';
export { bhattacharyya, type BhattacharyyaOptions } from './distance/bhattacharyya.js';
export { lInfinity } from './distance/l-infinity.js';
export { wasserstein, wassersteinNormalised, wassersteinNormalisedOfBuckets, wassersteinOfBuckets } from './distance/wasserstein.js';
export { energyDistance } from './distance/energy-distance.js';
export { mmd, type MmdOptions } from './distance/mmd.js';
export { kolmogorovSmirnov, kolmogorovSmirnovOfBuckets } from './hypothesis/kolmogorov-smirnov.js';
export { cramerVonMises } from './hypothesis/cramer-von-mises.js';
export { andersonDarling } from './hypothesis/anderson-darling.js';
export { eppsSingleton } from './hypothesis/epps-singleton.js';
export { kuiper } from './hypothesis/kuiper.js';
export { type OtherRule } from './binning/other-class.js';
export { type ContingencyOptions } from './hypothesis/contingency.js';
export { mannWhitney } from './hypothesis/mann-whitney.js';
export { type Moments, momentsOf } from './hypothesis/moments.js';
export { studentT, studentTOfMoments } from './hypothesis/student-t.js';
export { welchT, welchTOfMoments } from './hypothesis/welch-t.js';
export { chiSquare } from './hypothesis/chi-square.js';
export { gTest } from './hypothesis/g-test.js';
export { fisherExact } from './hypothesis/fisher-exact.js';
export { twoProportionZ } from './hypothesis/two-proportion-z.js';
export { cramersV } from './hypothesis/cramers-v.js';
export { benjaminiHochberg } from './correction/benjamini-hochberg.js';
export { bonferroni } from './correction/bonferroni.js';
export { holm } from './correction/holm.js';
export { lord, lordBudget } from './correction/lord.js';
export { type OnlineBudget, type OnlineVerdict } from './correction/online.js';
export { saffron, saffronBudget } from './correction/saffron.js';
export { cliffsDelta } from './judgement/cliffs-delta.js';
export { cohensD } from './judgement/cohens-d.js';
export { cohensH } from './judgement/cohens-h.js';
export { cohensW } from './judgement/cohens-w.js';
export { overdispersedTail, overdispersion, type Overdispersion } from './judgement/overdispersion.js';
export { type NoDriftLaw, type Resampling } from './judgement/no-drift-law.js';
export { noDriftLawOfBinned } from './judgement/no-drift-law-of-binned.js';
export { type Counts, noDriftLawOfCounts } from './judgement/no-drift-law-of-counts.js';
export { noDriftLawOfSamples, type SortedSamples } from './judgement/no-drift-law-of-samples.js';
export {
  jensenShannonNoDrift,
  kolmogorovSmirnovNoDrift,
  type NoDrift,
  psiNoDrift,
  type Sizes,
  wassersteinNoDrift,
} from './judgement/no-drift.js';
export { classificationMetrics, type ClassificationMetrics, type ConfusionCounts } from './performance/classification.js';
export { confusionMatrix, type ConfusionMatrix, macroMetrics, oneAgainstRest } from './performance/multiclass.js';
export { rocAuc, rocAucEstimate } from './performance/roc-auc.js';
export { logLoss, logLossEstimate } from './performance/log-loss.js';
export { brier, brierEstimate } from './performance/brier.js';
export {
  type CalibrationBin,
  calibrationBins,
  type CalibrationErrorOptions,
  expectedCalibrationError,
  expectedCalibrationErrorEstimate,
} from './performance/expected-calibration-error.js';
export {
  meanAbsoluteError,
  meanAbsoluteErrorEstimate,
  meanSquaredErrorEstimate,
  rootMeanSquaredError,
  rootMeanSquaredErrorEstimate,
} from './performance/regression.js';
export { meanAbsolutePercentageError } from './performance/percentage-error.js';
export { meanSquaredLogarithmicError, rootMeanSquaredLogarithmicError } from './performance/logarithmic-error.js';
export { rSquared } from './performance/r-squared.js';
export { quantileLoss, type QuantileLossOptions } from './performance/quantile-loss.js';
export { averagePrecision } from './performance/average-precision.js';
export { type ClassScores, oneAgainstRestAuc } from './performance/one-against-rest-auc.js';
export { type Band, type BandedValue, type BandMethod, type BandOptions } from './performance/band.js';
export { wilson } from './performance/wilson.js';
export { decisionShare, type DecisionShare } from './performance/decision-share.js';
export { f1 } from './performance/f1.js';
export { balancedAccuracy, informedness } from './performance/balanced-accuracy.js';
export { matthews } from './performance/matthews.js';
export { cohenKappa } from './performance/cohen-kappa.js';
export { type Average, classAverage, type ClassShare } from './performance/class-average.js';
export { businessValue, type DecisionValues } from './performance/business-value.js';
export { type MetricNeeds, PERFORMANCE_METRICS, type PerformanceMetric } from './performance/metrics.js';
export { type Disparity, type FairnessOptions, type GroupedDecisions, type GroupRate } from './fairness/disparity.js';
export { demographicParity } from './fairness/demographic-parity.js';
export { disparateImpact } from './fairness/disparate-impact.js';
export { equalOpportunity } from './fairness/equal-opportunity.js';
export { equalisedOdds, type EqualisedOdds } from './fairness/equalised-odds.js';
export { chiSquareTail, erfc, normalTail, upperGamma } from './special/regularised-gamma.js';
export { fQuantile, fTail } from './special/f-distribution.js';
export { normalQuantile } from './special/normal-quantile.js';
export { regularisedBeta } from './special/regularised-beta.js';
export { studentTail } from './special/student-tail.js';
export { chiSquareQuantile } from './special/chi-square-quantile.js';
export { kolmogorovTail } from './special/kolmogorov.js';
export { type BinsMethod, type DistributionMethod, type Kind, type Method, type ScoreOptions } from './method.js';
export { isEmpty, type PeerColumn, type PeerColumns, type PeerScore } from './peers/peer.js';
export {
  EVIDENTLY_METHODS,
  type EvidentlyMethod,
  evidentlyMethodOf,
  evidentlyScore,
  evidentlyThreshold,
  type EvidentlyType,
  evidentlyType,
} from './peers/evidently.js';
export { NANNYML_METHODS, type NannymlMethod, nannymlScore, nannymlTakes } from './peers/nannyml.js';
export { type ChunkedColumn, type NannymlChunk, nannymlChunkRows, type NannymlChunks, nannymlChunks } from './peers/nannyml-chunks.js';
export { type Cell, type ColumnProfile, type ColumnQuality, columnQuality, profileOf } from './quality/column-quality.js';
export { type Schema, type SchemaDifference, schemaDifference } from './quality/schema-difference.js';
export { METHOD_IDS, type MethodId, type MultivariateId, type VectorId } from './method-ids.js';
export { DEFAULT_METHODS } from './choosing.js';
export { isMethodId, methodById, METHODS } from './methods.js';
export { calibrate, type Calibration, calibrationFor, equalCountCalibrationError } from './estimation/calibration.js';
export { type Isotonic, isotonicAt, isotonicRegression } from './estimation/isotonic.js';
export { type Chunk, chunksOf } from './estimation/chunks.js';
export { type Estimate, type Interval } from './estimation/estimate.js';
export { type LabelledAnswers } from './estimation/binary-errors.js';
export { BINARY_ESTIMATES, type BinaryEstimate, type OutcomeValues } from './estimation/binary-metrics.js';
export { type Answers, type Cbpe, cbpe, type CbpeOptions } from './estimation/cbpe.js';
export { type CbpeMulticlass, cbpeMulticlass, type ClassAnswers } from './estimation/cbpe-multiclass.js';
export { CLASS_ESTIMATES, type ClassEstimate, type LabelledClasses } from './estimation/class-metrics.js';
export { ESTIMATOR_IDS, type Estimator, type EstimatorId, ESTIMATORS } from './estimation/estimators.js';
export { type Dle, dle, type DleOptions, type LabelledNumericAnswers, type NumericAnswers } from './estimation/dle.js';
export { gradientBoosting, type Regressor } from './estimation/gradient-boosting.js';
export { REGRESSION_ESTIMATES, type RegressionEstimate } from './estimation/regression-losses.js';
export { scorecard, type Scorecard, type Settled } from './estimation/scorecard.js';
export { type DetectorParameter, type DetectorParameters, rangeOfParameter } from './streaming/detector-parameters.js';
export { type Detector, type DetectorMethod, type DetectorState, type Observation } from './streaming/detector.js';
export { DETECTOR_IDS, detectorById, type DetectorId, DETECTORS, isDetectorId, restoreDetector } from './streaming/detectors.js';
export { domainClassifier } from './multivariate/domain-classifier.js';
export { MULTIVARIATE_METHODS } from './multivariate/methods.js';
export { multivariateEnergy } from './multivariate/multivariate-energy.js';
export { multivariateMmd } from './multivariate/multivariate-mmd.js';
export { pcaReconstruction, type PcaReconstructionOptions } from './multivariate/pca-reconstruction.js';
export { type RowsMethod } from './multivariate/rows-method.js';
export { type SplitOptions, type Table, type TableColumn } from './multivariate/table.js';
export { centroidDistance } from './vectors/centroid-distance.js';
export { VECTOR_METHODS } from './vectors/methods.js';
export { shareOfDriftedDimensions, type ShareOfDriftedDimensionsOptions } from './vectors/share-of-drifted-dimensions.js';
export { vectorMmd } from './vectors/vector-mmd.js';
export { type Vectors } from './vectors/vectors.js';
