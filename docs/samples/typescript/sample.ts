// Lists twins, adds a building twice with one request id, watches three events.
import { credentials, loadPackageDefinition, Metadata, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { isDeepStrictEqual } from "node:util";

const { SC_GRPC = "", SC_API_KEY = "", SC_DISTRICT = "", SC_PROTOS = "../../../protos" } = process.env;
const files = ["twin", "building", "event"].map((name) => `smartcommunity/v1/${name}.proto`);
const options = { keepCase: true, enums: String, longs: String, defaults: true, oneofs: true, includeDirs: [SC_PROTOS, "node_modules/protobufjs"] };
const api = (loadPackageDefinition(loadSync(files, options)) as any).smartcommunity.v1;
const key = new Metadata();
key.set("x-api-key", SC_API_KEY);
const parent = `districts/${SC_DISTRICT}`;
const service = (name: string) => new api[name](SC_GRPC, credentials.createInsecure());
const call = (client: any, method: string, request: object) => new Promise<any>((resolve, reject) =>
  client[method](request, key, { deadline: Date.now() + 30_000 }, (error: ServiceError | null, answer: any) => (error ? reject(error) : resolve(answer))));

for (const twin of (await call(service("TwinService"), "ListTwins", { parent, page_size: 3 })).twins) {
  console.log(`twin ${twin.name} has ${twin.sensors.length} devices`);
}

const buildings = service("BuildingService");
const building = { display_name: "Sample", address: "1 Sample Street", location: { lon: 117.26, lat: 31.85 } };
const request = { parent, building_id: "sample-typescript", building, request_id: "sample-typescript-1" };
const first = await call(buildings, "CreateBuilding", request);
const again = await call(buildings, "CreateBuilding", request);
console.log(`building ${first.building.name}, again the same: ${isDeepStrictEqual(first, again)}`);

let left = 3;
for await (const response of service("EventService").WatchEvents({ parent, kinds: ["EVENT_KIND_TELEMETRY"] }, key)) {
  for (const event of response.events.slice(0, left)) {
    console.log(`event ${event.type} ${event.reading.device} ${event.reading.metric}=${event.reading.value} cursor ${event.cursor}`);
    left--;
  }
  if (left === 0) break;
}
process.exit(0);
