import { lateChart, shareBars } from './charts.js';
import { heatLegend, heatMap } from './heat-map.js';
import { Html, html } from './html.js';
import { type AlertStory, type BreachEvidence, type DemoReport, type PerformanceAlert, type PerformancePeriod } from './report-data.js';
import { REPORT_STYLE } from './report-style.js';
import { countWords, dayWords, outcomeWords, pValueWords, scoreWords, shareWords } from './wording.js';

const tile = (value: string, name: string): Html => html`<div class="tile"><b>${value}</b><span>${name}</span></div>`;

const tiles = ({ totals, alerts }: DemoReport): Html =>
  html`<div class="tiles">
    ${tile(countWords(totals.predictions), 'predictions')}${tile(countWords(totals.labels), 'outcomes, as labels')}
    ${tile(countWords(totals.measurements), 'measurements')}${tile(String(alerts.length), 'drift alerts')}
    ${tile(`${totals.seconds.toFixed(0)} s`, `${countWords(Math.round(totals.predictionsPerSecond))} predictions a second`)}
  </div>`;

const knownTable = ({ known }: DemoReport): Html =>
  html`<div class="wide">
    <table>
      <tr>
        <th>Day</th>
        <th>What happened</th>
        <th>Features that moved</th>
        <th>Found</th>
      </tr>
      ${known.map(
        ({ day, what, subjects, found }) =>
          html`<tr>
            <td>${dayWords(day)}</td>
            <td>${what}</td>
            <td>${subjects.join(', ')}</td>
            <td class="${found ? 'yes' : 'no'}">${found ? '✓ yes' : '✗ no'}</td>
          </tr>`,
      )}
    </table>
  </div>`;

const usualTable = ({ usualLimits, alerts, known }: DemoReport): Html => {
  const breaches = alerts.filter(({ feature }) => feature).reduce((sum, alert) => sum + alert.breaches.length, 0);
  const found = known.filter((event) => event.found).length;
  const row = (rule: string, raised: number, events: number): Html =>
    html`<tr>
      <td>${rule}</td>
      <td class="number">${raised}</td>
      <td class="number">${events} of ${known.length}</td>
    </tr>`;
  return html`<div class="wide">
    <table>
      <tr>
        <th>Rule</th>
        <th class="number">Windows called a drift</th>
        <th class="number">Known days found</th>
      </tr>
      ${row('This monitor, with its defaults', breaches, found)}${usualLimits.map((limit) => row(limit.rule, limit.alerts, limit.knownEventsFound))}
    </table>
  </div>`;
};

const evidence = ({ cell, margin, rows }: BreachEvidence): Html => {
  const limit = cell.limit === null ? '' : `; the reference's own weeks explain up to ${scoreWords(cell.limit)}`;
  const p = cell.pValue === null ? '' : `; p ${pValueWords(cell.pValue)}`;
  return html`<p class="evidence">
    JS distance ${scoreWords(cell.score)}${limit}; ${scoreWords(cell.excess)} above no drift, ${margin} matters${p};
    ${countWords(rows.current)} flights against ${countWords(rows.reference)}; measurement <code>${cell.measurement}</code>
  </p>`;
};

/** The bins that moved most tell the story; the rest is in the measurement. */
const BINS_SHOWN = 8;

const breachCard = (breach: BreachEvidence, alert: AlertStory): Html => {
  const role = breach.day === alert.raisedOn ? 'raised' : 'still raised';
  const cleared = alert.clearedOn === null ? 'not cleared yet' : `cleared ${dayWords(alert.clearedOn)}`;
  return html`<article class="card">
    <h3>${dayWords(breach.day)}: ${breach.subject}</h3>
    <p class="soft">${role}, ${cleared}</p>
    ${shareBars(breach.moved.slice(0, BINS_SHOWN))}${evidence(breach)}
  </article>`;
};

const alertCards = ({ alerts }: DemoReport): Html => {
  if (alerts.length === 0) return html`<p class="soft">No alert was raised.</p>`;
  const cards = alerts
    .flatMap((alert) => alert.breaches.map((breach) => ({ breach, alert })))
    .sort((a, b) => a.breach.day.localeCompare(b.breach.day) || a.breach.subject.localeCompare(b.breach.subject));
  return html`<p class="legend">
      <i class="swatch reference"></i><span>reference</span><i class="swatch current"></i><span>that day</span>
    </p>
    <div class="cards">${cards.map(({ breach, alert }) => breachCard(breach, alert))}</div>`;
};

const periodRow = (period: PerformancePeriod): Html =>
  html`<tr>
    <td>${period.name}</td>
    <td>${dayWords(period.from).slice(4)} to ${dayWords(period.to).slice(4)}</td>
    <td class="number">${shareWords(period.lateShare)}</td>
    <td class="number">${shareWords(period.meanScore)}</td>
    <td class="number">${period.rocAuc.toFixed(3)}</td>
    <td class="number">${period.brier.toFixed(4)}</td>
  </tr>`;

/** The stretch in which expectation and outcome lie furthest apart is the one to shade. */
const widest = (periods: readonly PerformancePeriod[]): PerformancePeriod | undefined =>
  [...periods].sort((a, b) => Math.abs(b.meanScore - b.lateShare) - Math.abs(a.meanScore - a.lateShare))[0];

const performance = ({ performance: { trainingLateShare, days, periods, alerts }, badRecords }: DemoReport): Html =>
  html`<p>
      Outcomes can change while no feature does. In the four weeks the model was trained on, ${shareWords(trainingLateShare)} of the flights
      were late. Shaded: the stretch in which expectation and outcome lie furthest apart. Flights with an impossible delay, sent without a
      label: ${badRecords}.
    </p>
    <div class="wide">
      ${lateChart(days, widest(periods))}
      <p class="legend">
        <i class="swatch current"></i><span>late flights</span><i class="swatch reference"></i><span>expected by the model (dashed)</span>
      </p>
    </div>
    <div class="wide">
      <table>
        <tr>
          <th>Stretch</th>
          <th>Days</th>
          <th class="number">Late</th>
          <th class="number">Expected</th>
          <th class="number">ROC AUC</th>
          <th class="number">Brier score</th>
        </tr>
        ${periods.map(periodRow)}
      </table>
    </div>
    ${alerts.length === 0 ? html`<p class="soft">No alert about outcomes was raised.</p>` : performanceAlerts(alerts)}`;

const performanceAlerts = (alerts: readonly PerformanceAlert[]): Html =>
  html`<div class="wide">
    <table>
      <tr>
        <th>Alert about</th>
        <th>Raised</th>
        <th>Cleared</th>
        <th class="number">Days in breach</th>
      </tr>
      ${alerts.map(
        ({ subject, raisedOn, clearedOn, breaches }) =>
          html`<tr>
            <td>${subject}</td>
            <td>${dayWords(raisedOn)}</td>
            <td>${clearedOn === null ? 'not yet' : dayWords(clearedOn)}</td>
            <td class="number">${breaches}</td>
          </tr>`,
      )}
    </table>
  </div>`;

const checksTable = ({ checks }: DemoReport): Html =>
  html`<div class="wide">
    <table>
      <tr>
        <th>What has to be true</th>
        <th>Is it</th>
        <th>Found</th>
      </tr>
      ${checks.map(
        ({ what, held, found }) =>
          html`<tr>
            <td>${what}</td>
            <td class="${held ? 'yes' : 'no'}">${held ? '✓ yes' : '✗ no'}</td>
            <td>${found}</td>
          </tr>`,
      )}
    </table>
  </div>`;

const provenance = ({ provenance: rows, totals }: DemoReport): Html =>
  html`<div class="wide">
    <table>
      <tr>
        <th>Number</th>
        <th>Where it comes from</th>
      </tr>
      ${rows.map(
        ({ what, where }) =>
          html`<tr>
            <td>${what}</td>
            <td><code>${where}</code></td>
          </tr>`,
      )}
      <tr>
        <td>Digest of all measurements: the same in every run on the same data</td>
        <td><code>${totals.measurementsDigest}</code></td>
      </tr>
    </table>
  </div>`;

/** The report as one page that needs nothing else: no script, no font, no request. */
export const reportPage = (report: DemoReport): string => {
  const { data } = report;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>Driftledger: drift in the flights of 2001</title>
        <style>
          ${new Html(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${outcomeWords(report)}</h1>
          <p class="soft">
            A model that predicts late flights, watched through ${data.share} of ${data.source}, ${dayWords(data.from)} to
            ${dayWords(data.to)} ${data.to.slice(0, 4)}. Each day is compared with the same weekday of the four weeks before; until two of
            those exist, with the first seven days. The limits are the defaults.
          </p>
          ${tiles(report)}
          <h2>Every feature, every day</h2>
          <p>A red mark is a breach: significant, beyond the reference's own variation, and large enough to matter.</p>
          <div class="wide">${heatMap(report)}${heatLegend()}</div>
          <h2>What is known to have happened</h2>
          ${knownTable(report)}
          <h2>What the demo checks of itself</h2>
          ${checksTable(report)}
          <h2>Alerts and their evidence</h2>
          ${alertCards(report)}
          <h2>Outcomes and calibration</h2>
          ${performance(report)}
          <h2>What the usual limits would have said</h2>
          <p>The same windows of features, the same reference and the same scores, judged by a fixed limit.</p>
          ${usualTable(report)}
          <h2>Where each number comes from</h2>
          ${provenance(report)}
        </main>
      </body>
    </html> `.text;
};
