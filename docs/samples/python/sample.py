"""Lists twins, adds a building twice with one request id, watches three events."""
import os

import grpc
from smartcommunity.v1 import building_pb2, building_pb2_grpc, common_pb2, event_pb2, event_pb2_grpc, twin_pb2, twin_pb2_grpc

KEY = (("x-api-key", os.environ["SC_API_KEY"]),)
PARENT = "districts/" + os.environ["SC_DISTRICT"]

with grpc.insecure_channel(os.environ["SC_GRPC"]) as channel:
    twins = twin_pb2_grpc.TwinServiceStub(channel)
    page = twins.ListTwins(twin_pb2.ListTwinsRequest(parent=PARENT, page_size=3), metadata=KEY, timeout=30)
    for twin in page.twins:
        print(f"twin {twin.name} has {len(twin.sensors)} devices")

    buildings = building_pb2_grpc.BuildingServiceStub(channel)
    building = building_pb2.Building(display_name="Sample", address="1 Sample Street", location=common_pb2.GeoPoint(lon=117.26, lat=31.85))
    request = building_pb2.CreateBuildingRequest(
        parent=PARENT, building_id="sample-python", building=building, request_id="sample-python-1")
    first = buildings.CreateBuilding(request, metadata=KEY, timeout=30)
    again = buildings.CreateBuilding(request, metadata=KEY, timeout=30)
    print(f"building {first.building.name}, again the same: {first == again}")

    left, cursor = 3, ""
    while left > 0:  # The stream ends when the platform restarts: go on with the last cursor.
        watch = event_pb2.WatchEventsRequest(parent=PARENT, kinds=[event_pb2.EVENT_KIND_TELEMETRY], cursor=cursor)
        try:
            for response in event_pb2_grpc.EventServiceStub(channel).WatchEvents(watch, metadata=KEY, wait_for_ready=True):
                for event in response.events[:left]:
                    print(f"event {event.type} {event.reading.device} {event.reading.metric}={event.reading.value} cursor {event.cursor}", flush=True)
                    left -= 1
                cursor = response.cursor
                if left == 0:
                    break
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
