// Migrates a ClickHouse server and says what it applied. Runs from the compiled files:
// node test/crash/migrate-child.mjs <url> <milliseconds after which a silent process is taken for dead>
import { migrate } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';

const [url, silenceMsMax] = [process.argv[2], Number(process.argv[3])];
const clickHouse = openHttp({ url });
process.stdout.write(JSON.stringify(await migrate(clickHouse, { silenceMsMax })));
await clickHouse.close();
