# What the machine does once it is up. FAMILIES and INTERVAL_MS are written before this.
set -e

# One controller for the phone, hci0, and one for each lock.
controllers=1
for family in $FAMILIES; do controllers=$((controllers + 1)); done
btvirt -L -l$controllers > /tmp/btvirt.log 2>&1 &
while [ ! -d /sys/class/bluetooth/hci$((controllers - 1)) ]; do sleep 0.02; done

# Locks before bluetoothd, which would take their controllers for its own.
controller=1
for family in $FAMILIES; do
    /mnt/host/vm-lock $family $controller $INTERVAL_MS /tmp/$family.json > /tmp/vm-lock-$family.log 2>&1 &
    controller=$((controller + 1))
done
for family in $FAMILIES; do
    tries=0
    until grep -qs '"advertising":true' /tmp/$family.json; do
        sleep 0.05
        tries=$((tries + 1))
        [ $tries -lt 400 ] || { cat /tmp/vm-lock-$family.log; exit 1; }
    done
done

/usr/libexec/bluetooth/bluetoothd --nodetach > /tmp/bluetoothd.log 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket
failed=0
for family in $FAMILIES; do
    timeout 150 /mnt/host/vm-phone $family /tmp/$family.json 2>&1 || failed=1
done
[ $failed = 0 ] || cat /tmp/bluetoothd.log
exit $failed
