import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Stops of HotSpot, beside which the coordinator's are set: so many threads count for ever, and the
 * virtual machine is asked for an operation at a safepoint. Its own log tells how long each took:
 *
 *     java -Xlog:safepoint Stops.java WORKERS STOPS GAP_MS
 */
public class Stops {
    static volatile boolean over = false;

    public static void main(String[] arguments) throws InterruptedException {
        int workers = Integer.parseInt(arguments[0]);
        int stops = Integer.parseInt(arguments[1]);
        long gapMs = Long.parseLong(arguments[2]);
        Thread[] threads = new Thread[workers];
        long[] counts = new long[workers * 16];
        for (int worker = 0; worker < workers; worker++) {
            int place = worker * 16;
            threads[worker] = new Thread(() -> {
                while (!over) counts[place]++;
            });
            threads[worker].setDaemon(true);
            threads[worker].start();
        }
        ThreadMXBean threadsBean = ManagementFactory.getThreadMXBean();
        for (int stop = 0; stop < stops; stop++) {
            Thread.sleep(gapMs);
            threadsBean.findDeadlockedThreads();
        }
        over = true;
    }
}
