#!/bin/busybox sh
# The first process of the machine: mounts, modules, the system bus; then the shared folder's guest.sh.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
modprobe -a $(cat /etc/modules)
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 host /mnt/host
ip link set lo up
dbus-daemon --config-file=/etc/system-bus.conf --nofork --nopidfile > /tmp/dbus.log 2>&1 &
while [ ! -S /run/dbus/system_bus_socket ]; do sleep 0.02; done
sh /mnt/host/guest.sh
echo "GUEST-EXIT $?"
cp /tmp/*.log /tmp/*.json /mnt/host/ 2> /dev/null
sync
echo o > /proc/sysrq-trigger
sleep 5
